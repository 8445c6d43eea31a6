from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"
    label = "inference"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from inference.aiding import (  # noqa: PLC0415
            aid_missing,
            aid_needs,
            aid_note,
            check_aid_is_there,
            copy_aid,
        )
        from inference.lock import SECTION, lock_section, verify_models  # noqa: PLC0415
        from inference.sending import queue_pixels  # noqa: PLC0415
        from inference.starting import copy_plan  # noqa: PLC0415
        from inference.uses import NAME, TEMPLATE, uses_check, uses_of, verify_uses  # noqa: PLC0415
        from readerstudy.images.hooks import register_stored, register_uses  # noqa: PLC0415
        from readerstudy.studies.choices import StudyState  # noqa: PLC0415
        from readerstudy.studies.hooks import (  # noqa: PLC0415
            register_copied,
            register_design_note,
            register_entered,
            register_lock_check,
            register_lock_needs,
            register_lock_section,
            register_step_note,
            register_verification,
        )

        register_lock_needs(aid_needs)
        register_lock_section(SECTION, lock_section)
        register_verification(SECTION, verify_models)
        register_lock_check(NAME, uses_check, template=TEMPLATE)
        register_verification(NAME, verify_uses)
        register_uses(uses_of)
        register_stored(queue_pixels)
        register_copied(copy_plan)
        # After the plan: the aid is of a model that the copy is planned with.
        register_copied(copy_aid)
        register_design_note("aid", aid_note, template="inference/_aid_note.html")
        register_step_note(StudyState.READING, aid_missing, template="inference/_aid_missing.html")
        register_entered(StudyState.READING, check_aid_is_there)
