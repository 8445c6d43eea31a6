"""The pages of image sets, for admins and coordinators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from readerstudy.core.clock import now
from readerstudy.core.media import send_stored_file
from readerstudy.images.hooks import uses_of
from readerstudy.images.permissions import check_is_staff
from readerstudy.images.selectors import (
    facts_of,
    first_images,
    image_for,
    image_set_for,
    image_sets_visible_to,
    images_of,
    is_used,
)
from readerstudy.images.services import check_may_administer, delete_image_set
from readerstudy.images.storage import THUMBNAIL_TYPE
from readerstudy.images.training import declare_training_set, training_overlaps

SETS_ON_A_PAGE = 24
IMAGES_ON_A_PAGE = 60
THUMBNAILS_ON_A_CARD = 4


@require_safe
@login_required
def image_set_list(request: HttpRequest) -> HttpResponse:
    """All image sets as cards."""
    check_is_staff(request.user)
    page = Paginator(image_sets_visible_to(request.user), SETS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    thumbnails = first_images(page.object_list, each=THUMBNAILS_ON_A_CARD)
    cards = [(image_set, thumbnails.get(image_set.pk, [])) for image_set in page.object_list]
    return render(request, "images/list.html", {"page": page, "cards": cards})


@require_safe
@login_required
def image_set_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One image set: its facts and its thumbnails, never its truth."""
    image_set = image_set_for(request.user, public_id)
    page = Paginator(images_of(image_set), IMAGES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "image_set": image_set,
        "facts": facts_of(image_set),
        "page": page,
        "is_used": is_used(image_set),
        "uses": uses_of(image_set),
        "synthetic_notice": image_set.is_synthetic,
    }
    return render(request, "images/detail.html", context)


@require_safe
@login_required
def image_set_overlap(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the image set shares with every declared training set; names for admins alone."""
    image_set = image_set_for(request.user, public_id)
    context = {"image_set": image_set, "overlaps": training_overlaps(image_set)}
    return render(request, "images/overlap.html", context)


@require_POST
@login_required
def image_set_training(request: HttpRequest, public_id: str) -> HttpResponse:
    """Declares the image set a training set, or takes that back."""
    image_set = declare_training_set(
        actor=request.user,
        image_set=image_set_for(request.user, public_id),
        is_training_set=request.POST.get("is_training_set") == "yes",
        now=now(),
    )
    text = (
        _("Declared as a training set.")
        if image_set.is_training_set
        else _("Not a training set any more.")
    )
    messages.success(request, text)
    return redirect("images:detail", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def image_set_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks whether the image set is to be deleted, and deletes it."""
    image_set = image_set_for(request.user, public_id)
    check_may_administer(request.user)
    if request.method != "POST":
        context = {"image_set": image_set, "is_used": is_used(image_set)}
        return render(request, "images/delete.html", context)
    delete_image_set(actor=request.user, image_set=image_set, now=now())
    messages.success(request, _("The image set %(name)s was deleted.") % {"name": image_set.name})
    return redirect("images:list")


@require_safe
@login_required
def image_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The photograph as it is stored."""
    image = image_for(request.user, public_id)
    return send_stored_file(
        image.file.name, content_type=image.content_type, download_name=image.public_id
    )


@require_safe
@login_required
def image_thumbnail(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The small picture of a photograph."""
    image = image_for(request.user, public_id)
    return send_stored_file(
        image.thumbnail.name,
        content_type=THUMBNAIL_TYPE,
        download_name=f"{image.public_id}-small",
    )
