"""Where the pixels lie: one folder for an image set, a random name for each file."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from readerstudy.core.ids import new_public_id
from readerstudy.core.media import SUFFIXES, disk_path
from readerstudy.images.encoded import EncodedImage, StoredImage

# Whatever the photograph is, its small picture is this.
THUMBNAIL_TYPE = "image/webp"


def folder_of(image_set_id: str) -> str:
    """The folder of the image set with this public id."""
    return f"images/{image_set_id}"


def write_image(encoded: EncodedImage, *, folder: str) -> StoredImage:
    """Writes the photograph and its thumbnail under new random names; both or none."""
    suffix = SUFFIXES[encoded.content_type]
    file = default_storage.save(f"{folder}/{new_public_id()}{suffix}", ContentFile(encoded.content))
    try:
        thumbnail = default_storage.save(
            f"{folder}/{new_public_id()}{SUFFIXES[THUMBNAIL_TYPE]}", ContentFile(encoded.thumbnail)
        )
    except BaseException:
        default_storage.delete(file)
        raise
    return StoredImage(
        file=file,
        thumbnail=thumbnail,
        content_type=encoded.content_type,
        width=encoded.width,
        height=encoded.height,
        bytes=len(encoded.content),
        sha256=encoded.sha256,
        pixels_sha256=encoded.pixels_sha256,
        perceptual_hash=encoded.perceptual_hash,
        origin=encoded.origin,
    )


def remove_image(stored: StoredImage) -> None:
    """Removes both files; one that is gone already is no error."""
    default_storage.delete(stored.file)
    default_storage.delete(stored.thumbnail)


def remove_folder(folder: str) -> None:
    """Removes the folder with everything in it; one that is not there is no error."""
    try:
        _, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        default_storage.delete(f"{folder}/{name}")
    # Without a disk there are no folders: what holds no file is not there any more.
    if disk_path(folder):
        default_storage.delete(folder)
