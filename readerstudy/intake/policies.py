"""Who may do what at the addresses of imports: admins alone, as reports hold original names; uploads are each admin's own."""

from readerstudy.core.policies import Role, Thing, policy, to

# That images are imported is nothing that coordinators may not know.
BEGIN = to(Role.ADMIN, told=(Role.SITE_COORDINATOR,))
ADMIN = to(Role.ADMIN)
OWNER = to(Role.OWNER)

PAGES = ("job", "job-progress", "problems", "report")
BUTTONS = ("confirm", "pause", "resume", "undo", "retry", "discard")
FORMS = ("mapping", "rename", "manifest")
CALLS = ("mapping", "name", "manifest", "confirm", "pause", "resume", "retry", "undo")

POLICIES = [
    policy("intake:upload", get=BEGIN, post=BEGIN),
    policy("intake:let-go", Thing.UPLOAD, post=OWNER),
    *(policy(f"intake:{name}", Thing.IMPORT, get=ADMIN) for name in PAGES),
    policy("intake:preview", Thing.IMPORT, get=ADMIN, arguments={"number": "0"}),
    *(policy(f"intake:{name}", Thing.IMPORT, post=ADMIN) for name in BUTTONS),
    *(policy(f"intake:{name}", Thing.IMPORT, get=ADMIN, post=ADMIN) for name in FORMS),
    policy("api:upload-list", post=BEGIN),
    policy("api:upload-detail", Thing.UPLOAD, get=OWNER, put=OWNER, delete=OWNER),
    policy("api:import-list", get=BEGIN, post=BEGIN),
    policy("api:import-detail", Thing.IMPORT, get=ADMIN, delete=ADMIN),
    policy("api:import-report", Thing.IMPORT, get=ADMIN),
    *(policy(f"api:import-{name}", Thing.IMPORT, post=ADMIN) for name in CALLS),
]
