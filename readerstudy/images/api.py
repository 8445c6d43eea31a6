"""Image sets in the API: counts and facts. No truth, no original name."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView

from readerstudy.core.scopes import Scope
from readerstudy.images.models import ImageSet
from readerstudy.images.selectors import facts_of, image_set_for, image_sets_visible_to


class ImageSetOutput(serializers.Serializer):
    """An image set with its counts."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    description = serializers.CharField()
    is_synthetic = serializers.BooleanField()
    is_training_set = serializers.BooleanField()
    cases = serializers.IntegerField(source="case_count")
    images = serializers.IntegerField(source="image_count")
    created_at = serializers.DateTimeField()


class ImageSetFactsOutput(serializers.Serializer):
    """Ranges and sources of an image set. Ages in years, sides in pixels."""

    patients = serializers.IntegerField()
    min_age = serializers.IntegerField(allow_null=True)
    max_age = serializers.IntegerField(allow_null=True)
    min_side = serializers.IntegerField(allow_null=True)
    max_side = serializers.IntegerField(allow_null=True)
    sites = serializers.ListField(child=serializers.CharField())
    licences = serializers.ListField(child=serializers.CharField())
    attributions = serializers.ListField(child=serializers.CharField())


class ImageSetDetailOutput(ImageSetOutput):
    """An image set with its counts and facts."""

    facts = ImageSetFactsOutput()


class ImageSetListView(ListAPIView):
    """The image sets that the signed-in person may know of; none for readers."""

    token_scopes = {"GET": Scope.IMAGES_READ}
    serializer_class = ImageSetOutput
    queryset = ImageSet.objects.none()

    def get_queryset(self) -> QuerySet[ImageSet]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return image_sets_visible_to(self.request.user)


class ImageSetView(RetrieveAPIView):
    """One image set."""

    token_scopes = {"GET": Scope.IMAGES_READ}
    serializer_class = ImageSetDetailOutput
    queryset = ImageSet.objects.none()

    def get_object(self) -> Any:
        found = image_set_for(self.request.user, self.kwargs["public_id"])
        found.facts = facts_of(found)  # type: ignore[attr-defined]  # read by the serializer
        return found


urlpatterns = [
    path("image-sets/", ImageSetListView.as_view(), name="image-set-list"),
    path("image-sets/<slug:public_id>/", ImageSetView.as_view(), name="image-set-detail"),
]
