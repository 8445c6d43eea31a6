import pytest

from inference.engine import ImageError, open_session, score_directory, score_images
from tests.inference.engine.pictures import encoded, random_jpeg, random_picture


@pytest.fixture
def folder(tmp_path, rng):
    (tmp_path / "b").mkdir()
    (tmp_path / "z.jpg").write_bytes(random_jpeg(rng))
    (tmp_path / "b" / "a.png").write_bytes(encoded(random_picture(rng), "PNG"))
    (tmp_path / "no-suffix").write_bytes(encoded(random_picture(rng), "WEBP"))
    (tmp_path / "scan.dat").write_bytes(encoded(random_picture(rng), "TIFF"))
    (tmp_path / "notes.jpg").write_text("not an image")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / ".hidden.jpg").write_bytes(random_jpeg(rng))
    return tmp_path


def test_every_image_of_a_folder_is_scored_in_the_order_of_names(artefact, folder):
    progress = []
    found = score_directory(artefact, folder, lambda *step: progress.append(step))
    assert [name for name, _ in found] == ["b/a.png", "no-suffix", "scan.dat", "z.jpg"]
    assert progress == [(1, 4), (2, 4), (3, 4), (4, 4)]
    session = open_session(artefact, "cpu")
    single = [next(score_images(session, [(n, lambda n=n: folder / n)])).score for n, _ in found]
    assert [score for _, score in found] == single


def test_a_second_run_gives_identical_bytes(artefact, folder):
    assert repr(score_directory(artefact, folder)) == repr(score_directory(artefact, folder))


def test_a_damaged_image_is_never_left_out_silently(artefact, folder, rng):
    (folder / "c.jpg").write_bytes(random_jpeg(rng)[:-100])
    with pytest.raises(ImageError, match=r"^c\.jpg is damaged or cut off\.$"):
        score_directory(artefact, folder)
    failures = []
    found = score_directory(artefact, folder, on_failure=failures.append)
    assert len(found) == 4
    assert [failed.key for failed in failures] == ["c.jpg"]


def test_a_folder_that_is_not_there_is_told(artefact, tmp_path):
    with pytest.raises(ImageError, match="photographs is not a folder"):
        score_directory(artefact, tmp_path / "photographs")


def test_an_empty_folder_gives_no_scores(artefact, tmp_path):
    assert score_directory(artefact, tmp_path) == []
