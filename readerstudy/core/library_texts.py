"""What forms and the API say by their libraries, in the German of this site.

The German of Django REST framework stands before Django's own wherever both have a sentence, and speaks to people as to
friends. The catalogue of this site stands before both.
"""

from django.utils.translation import gettext_noop as _

LIBRARY_TEXTS = (
    _("Enter a valid email address."),
    _("Enter a valid URL."),
    _("This field is required."),
    _("Upload a valid image. The file you uploaded was either not an image or a corrupted image."),
    _("The submitted data was not a file. Check the encoding type on the form."),
    _("Date has wrong format. Use one of these formats instead: {format}."),
    _("Datetime has wrong format. Use one of these formats instead: {format}."),
    _("Duration has wrong format. Use one of these formats instead: {format}."),
    _("Time has wrong format. Use one of these formats instead: {format}."),
    _("Ensure this field has at least {min_length} characters."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this value is greater than or equal to {min_value}."),
    _("Ensure this value is less than or equal to {max_value}."),
)
