"""The file by which newer versions are proposed has no key that the service does not know, and names what there is."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / ".github" / "dependabot.yml"
# docs.github.com: Dependabot options reference.
TOP = {"version", "updates", "registries", "enable-beta-ecosystems", "multi-ecosystem-groups"}
UPDATE = {
    "package-ecosystem", "directory", "directories", "schedule", "allow", "assignees", "commit-message", "cooldown",
    "exclude-paths", "groups", "ignore", "insecure-external-code-execution", "labels", "milestone", "multi-ecosystem-group",
    "open-pull-requests-limit", "pull-request-branch-name", "rebase-strategy", "registries", "reviewers", "target-branch",
    "vendor", "versioning-strategy",
}  # fmt: skip
SCHEDULE = {"interval", "day", "time", "timezone", "cronjob"}
INTERVALS = {"daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "cron"}
GROUP = {
    "applies-to",
    "dependency-type",
    "patterns",
    "exclude-patterns",
    "update-types",
    "group-by",
}
IGNORE = {"dependency-name", "versions", "update-types"}
ECOSYSTEMS = {"pip", "docker", "github-actions"}


def test_the_file_has_known_keys_alone_and_covers_packages_images_and_workflows():
    said = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert said["version"] == 2
    assert set(said) <= TOP
    assert {one["package-ecosystem"] for one in said["updates"]} == ECOSYSTEMS
    for update in said["updates"]:
        assert set(update) <= UPDATE
        assert set(update["schedule"]) <= SCHEDULE
        assert update["schedule"]["interval"] in INTERVALS
        assert (ROOT / update["directory"].lstrip("/")).is_dir()
        assert all(set(group) <= GROUP for group in update.get("groups", {}).values())
        assert all(set(one) <= IGNORE for one in update.get("ignore", []))
