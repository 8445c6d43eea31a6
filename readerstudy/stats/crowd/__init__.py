"""Crowds of readers: majority votes and mean ratings of panels, and each reader against the rest of the panel."""

from readerstudy.stats.crowd.majority import (
    CrowdVote,
    PanelVote,
    crowd_vote,
    majority_vote,
)
from readerstudy.stats.crowd.mean_rating import (
    CrowdRating,
    PanelAuc,
    RatingScale,
    crowd_rating,
    scaled_ranks,
)
from readerstudy.stats.crowd.rest_of_panel import (
    RestOfPanel,
    RestRating,
    RestRatings,
    RestVote,
    rest_of_panel_ratings,
    rest_of_panel_votes,
)
from readerstudy.stats.crowd.votes import TieRule

__all__ = [
    "CrowdRating",
    "CrowdVote",
    "PanelAuc",
    "PanelVote",
    "RatingScale",
    "RestOfPanel",
    "RestRating",
    "RestRatings",
    "RestVote",
    "TieRule",
    "crowd_rating",
    "crowd_vote",
    "majority_vote",
    "rest_of_panel_ratings",
    "rest_of_panel_votes",
    "scaled_ranks",
]
