"""Who may do what at the addresses of the audit trail: admins on the whole site, coordinators and auditors in their study."""

from readerstudy.core.policies import Role, Thing, policy, to

SITE = to(Role.ADMIN)
STUDY = to(Role.COORDINATOR, Role.AUDITOR, Role.ADMIN)
CSV = {"file_format": "csv"}

POLICIES = [
    policy("auditing:trail", get=SITE),
    policy("auditing:verify", post=SITE),
    policy("auditing:export", get=SITE, arguments=CSV),
    policy("auditing:study-trail", Thing.STUDY, get=STUDY),
    policy("auditing:study-verify", Thing.STUDY, post=STUDY),
    policy("auditing:study-export", Thing.STUDY, get=STUDY, arguments=CSV),
]
