"""Importing a finished study by services, pages and the command: checked first, stored once confirmed, by staff alone."""

import json
import re

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import translation

from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, DomainError, InvalidInput, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.results.choices import AnalysisState, FinishedState
from readerstudy.results.finished import services
from readerstudy.results.finished.plan import Files
from readerstudy.results.finished.said import Said
from readerstudy.results.finished.services import (
    About,
    add_scores,
    answer_finished,
    apply_finished,
    discard_finished,
    upload_finished,
)
from readerstudy.results.models import Analysis, FinishedFile, FinishedStudy
from readerstudy.results.stored_table import table_of
from tests.conftest import make_user
from tests.images.test_services import stored_files
from tests.results.finished.files import CASES, TRUTH, long_csv, named
from tests.signed_in import just_signed_in


@pytest.fixture
def upload(coordinator, now):
    def do(content=None, actor=coordinator, said=None, **about):
        files = Files(named(content or long_csv()))
        about = About(**{"title": "Benchmark", "licence": "CC0", "citation": "Doe 2019", **about})
        return upload_finished(actor=actor, about=about, files=files, said=said, now=now)

    return do


@pytest.fixture
def imported(upload, coordinator, now, django_capture_on_commit_callbacks):
    finished = upload()
    with django_capture_on_commit_callbacks(execute=True):
        apply_finished(actor=coordinator, finished=finished, now=now)
    finished.refresh_from_db()
    return finished


def scores_csv(*, runs=("run-1", "run-2"), seed=3):
    rng = np.random.default_rng(seed)
    rows = [
        ",".join([f"{case.upper()}.JPG", *(f"{TRUTH[k] + rng.normal():.4f}" for _ in runs)])
        for k, case in enumerate(CASES)
    ]
    return "\n".join([",".join(["image", *runs]), *rows])


def test_what_is_checked_is_stored_only_once_it_is_confirmed(upload, coordinator, now):
    finished = upload()
    assert finished.state == FinishedState.PLANNED
    assert finished.table is None
    assert finished.report["counts"]["answers"] == 24
    assert not Analysis.objects.exists()


def test_an_import_is_analysed_with_the_pipeline_of_own_studies(imported):
    analysis = Analysis.objects.get()
    assert analysis.state == AnalysisState.DONE
    assert (analysis.study, analysis.finished) == (None, imported)
    document = analysis.document
    assert document["study"]["origin"]["citation"] == "Doe 2019"
    assert document["study"]["origin"]["files"][0][0] == "study.csv"
    assert document["readers"]["n"] == 3
    assert document["study"]["inputs_sha256"] == table_of(bytes(imported.table)).sha256()
    assert document["study"]["protocol_sha256"] == ""


def test_the_audit_trail_tells_of_every_step_with_the_hashes_of_the_files(imported):
    events = AuditEvent.objects.filter(study_id=imported.public_id).order_by("sequence")
    assert [event.verb for event in events] == [
        "finished study uploaded",
        "finished study imported",
        "analysis requested",
        "analysis finished",
    ]
    (row,) = FinishedFile.objects.all()
    assert events[0].data["files"] == {"study.csv": row.sha256}
    with row.content.open("rb") as content:
        assert content.read() == long_csv().encode()
    assert first_broken_event() is None


def test_bad_files_change_nothing(upload):
    with pytest.raises(DomainError):
        upload(long_csv().replace(",90", ",x"))
    assert not FinishedStudy.objects.exists()
    assert not FinishedFile.objects.exists()
    assert not AuditEvent.objects.exists()


def test_readers_may_not_import(upload, reader_user):
    with pytest.raises(NotFound):
        upload(actor=reader_user)


def test_questions_keep_a_study_from_being_imported(upload, coordinator, now):
    finished = upload(long_csv(decision=False))
    assert finished.state == FinishedState.ASKED
    with pytest.raises(Conflict, match="open questions"):
        apply_finished(actor=coordinator, finished=finished, now=now)
    answered = answer_finished(actor=coordinator, finished=finished, said=Said(cut_off=50), now=now)
    assert answered.state == FinishedState.PLANNED
    apply_finished(actor=coordinator, finished=answered, now=now)
    with pytest.raises(Conflict, match="imported already"):
        answer_finished(actor=coordinator, finished=answered, said=Said(cut_off=40), now=now)
    with pytest.raises(Conflict, match="imported already"):
        discard_finished(actor=coordinator, finished=answered, now=now)


def test_what_was_answered_otherwise_meanwhile_is_not_imported(upload, coordinator, now):
    seen = upload()
    answer_finished(actor=coordinator, finished=FinishedStudy.objects.get(), said=Said(cut_off=40), now=now)  # fmt: skip
    with pytest.raises(Conflict, match="changed meanwhile"):
        apply_finished(actor=coordinator, finished=seen, now=now)
    assert (FinishedStudy.objects.get().table, Analysis.objects.count()) == (None, 0)


def test_what_is_discarded_is_gone_with_its_files(upload, coordinator, now, django_capture_on_commit_callbacks):  # fmt: skip
    finished = upload()
    content = finished.files.get().content
    with django_capture_on_commit_callbacks(execute=True):
        discard_finished(actor=coordinator, finished=finished, now=now)
    assert not FinishedStudy.objects.exists()
    assert not content.storage.exists(content.name)


def test_what_is_refused_after_its_files_were_written_leaves_none_of_them(upload, imported, coordinator, now, monkeypatch):  # fmt: skip
    def refuse(*_arguments):
        raise InvalidInput("No.")

    before = stored_files("finished")
    monkeypatch.setattr(services, "_record", refuse)
    with pytest.raises(InvalidInput):
        upload(title="Another")
    with pytest.raises(InvalidInput):
        add_scores(actor=coordinator, finished=imported, name="CNN", file=named(scores_csv()), now=now)  # fmt: skip
    assert stored_files("finished") == before != []


def test_scores_of_two_cnns_compete_on_the_same_cases(imported, coordinator, now, django_capture_on_commit_callbacks):  # fmt: skip
    for name, runs in (("CNN A", ("run-1", "run-2")), ("CNN B", ("score",))):
        with django_capture_on_commit_callbacks(execute=True):
            file = named(scores_csv(runs=runs), f"{name}.csv")
            analysis = add_scores(actor=coordinator, finished=imported, name=name, file=file, now=now)  # fmt: skip
    document = Analysis.objects.get(pk=analysis.pk).document
    assert [(m["name"], len(m["runs"])) for m in document["models"]] == [("CNN A", 2), ("CNN B", 1)]
    rng = np.random.default_rng(3)
    values = np.array([round(TRUTH[k] + rng.normal(), 4) for k in range(8)])
    pairs = [(p, n) for p in values[TRUTH == 1] for n in values[TRUTH == 0]]
    by_hand = np.mean([p > n for p, n in pairs])
    assert document["models"][1]["auc"]["mean"] == pytest.approx(by_hand)
    with pytest.raises(InvalidInput, match="a model CNN A already"):
        add_scores(actor=coordinator, finished=imported, name="CNN A", file=file, now=now)


@pytest.mark.parametrize(
    ("content", "positive", "sentence"),
    [
        ("image,score\ncase-0,0.5\n", (), "7 cases have no score"),
        (scores_csv() + "\ncase-0,1,1", (), "stands there twice"),
        (scores_csv().replace(",0.", ",x", 1), (), "is not a finite number"),
        ("image,note\n" + "\n".join(f"{case},a" for case in CASES), (), "no column of scores"),
        ("image,MEL,NV\n" + "\n".join(f"{case},0.2,0.8" for case in CASES), (), "say which of them"),
        ("image,MEL,NV\n" + "\n".join(f"{case},0.9,0.8" for case in CASES), ("MEL", "NV"), "sum to more than 1"),
        (scores_csv(), ("MEL",), "no column MEL"),
    ],
)  # fmt: skip
def test_scores_that_do_not_fit_are_refused(imported, coordinator, now, content, positive, sentence):  # fmt: skip  # noqa: PLR0917 (fixtures and parameters)
    before = bytes(imported.table)
    file = named(content, "scores.csv")
    with pytest.raises(DomainError) as error:
        add_scores(actor=coordinator, finished=imported, name="CNN", file=file, positive=positive, now=now)  # fmt: skip
    assert any(sentence in str(one) for one in error.value.problems)
    imported.refresh_from_db()
    assert bytes(imported.table) == before


def test_scores_of_classes_and_of_a_kaggle_submission_are_read(imported, coordinator, now):
    classes = "image,MEL,BCC,NV\n" + "\n".join(f"{c},0.{k},0.1,0.1" for k, c in enumerate(CASES))
    kaggle = "image_name,target\n" + "\n".join(f"{c},0.{k}" for k, c in enumerate(CASES))
    for name, text, positive in (("Classes", classes, ("MEL", "BCC")), ("Kaggle", kaggle, ())):
        file = named(text, "scores.csv")
        add_scores(actor=coordinator, finished=imported, name=name, file=file, positive=positive, now=now)  # fmt: skip
    imported.refresh_from_db()
    summed, single = table_of(bytes(imported.table)).models
    assert summed.run_labels == ("MEL + BCC",)
    assert summed.values[0] == pytest.approx([(k + 1) / 10 for k in range(8)])
    assert single.values[0] == pytest.approx([k / 10 for k in range(8)])


class TestPages:
    """What a coordinator does in the browser."""

    def test_the_whole_way(self, client, coordinator, django_capture_on_commit_callbacks):
        just_signed_in(client, coordinator)
        content = long_csv(decision=False)
        page = client.get(reverse("finished:upload"))
        assert page.status_code == 200
        sent = {"title": "Benchmark", "readings": SimpleUploadedFile("a.csv", content.encode())}
        response = client.post(reverse("finished:upload"), sent)
        finished = FinishedStudy.objects.get()
        plan = reverse("finished:plan", args=[finished.public_id])
        assert response.url == plan
        page = client.get(plan).content.decode()
        assert "From which rating on" in page
        assert 'value="50"' in page
        assert "Import and analyse" not in page
        client.post(plan, {"q0": "50"})
        page = client.get(plan).content.decode()
        assert "24, of these" in page
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("finished:apply", args=[finished.public_id]))
        page = client.get(response.url).content.decode()
        assert "mean sensitivity of the 3 readers" in page
        assert "Positive is a rating of 50 or more." in page
        assert client.get(plan).status_code == 302

    def test_every_page_of_an_imported_study_in_both_languages(self, client, coordinator, imported):
        just_signed_in(client, coordinator)
        for language in ("en", "de"):
            coordinator.language = language
            coordinator.save()
            for name in ("dashboard", "readers", "cases", "scores"):
                with translation.override(language):
                    page = client.get(reverse(f"finished:{name}", args=[imported.public_id]))
                assert page.status_code == 200
            assert client.get(reverse("finished:list")).status_code == 200

    def test_problems_are_shown_and_nothing_is_kept(self, client, coordinator):
        just_signed_in(client, coordinator)
        bad = long_csv().replace(",90", ",x").encode()
        sent = {"title": "Benchmark", "readings": SimpleUploadedFile("a.csv", bad)}
        response = client.post(reverse("finished:upload"), sent)
        assert response.status_code == 400
        assert "row 2" in response.content.decode()
        assert not FinishedStudy.objects.exists()

    def test_an_answer_that_cannot_be_is_shown_beside_the_form(self, client, coordinator, upload):
        just_signed_in(client, coordinator)
        text = long_csv(more=lambda _j, k: ("film" if k % 2 else "digital",))
        finished = upload(text.replace("decision,rating", "decision,rating,modality", 1))
        plan = reverse("finished:plan", args=[finished.public_id])
        response = client.post(plan, {"q0": "compared", "q1": "compared"})
        assert response.status_code == 400
        assert "it must be one" in response.content.decode()

    @pytest.mark.parametrize("name", ["dashboard", "plan", "readers", "cases", "scores"])
    def test_others_see_nothing_of_it(self, client, imported, reader_user, name):
        stranger = make_user("coordinator", "stranger@example.org", "Stranger")
        address = reverse(f"finished:{name}", args=[imported.public_id])
        for user in (reader_user, stranger):
            just_signed_in(client, user)
            assert client.get(address).status_code == 404
        client.logout()
        assert client.get(address).status_code == 302

    def test_admins_see_it_and_its_analysis(self, client, imported, admin):
        just_signed_in(client, admin)
        page = client.get(reverse("finished:dashboard", args=[imported.public_id]))
        assert page.status_code == 200
        links = re.findall(r'href="(/results/analysis/[^"]+)"', page.content.decode())
        assert len(links) > 3
        assert all(client.get(link).status_code == 200 for link in links)

    def test_the_api_tells_of_both_kinds(self, client, imported, coordinator):
        just_signed_in(client, coordinator)
        (row,) = client.get("/api/v1/analyses/").json()["results"]
        assert (row["study"], row["finished"]) == (None, imported.public_id)

    def test_a_list_of_analyses_reads_no_document(
        self, client, imported, coordinator, django_assert_max_num_queries
    ):
        assert imported.analyses.exists()
        just_signed_in(client, coordinator)
        with django_assert_max_num_queries(20) as asked:
            client.get("/api/v1/analyses/")
        selected = " ".join(one["sql"].partition("FROM")[0] for one in asked)
        assert '"results_analysis"."sha256"' in selected
        for large in ("document", "table"):
            assert f'"results_analysis"."{large}"' not in selected
        assert '"results_finishedstudy"."table"' not in selected

    def test_votes_and_modalities_have_pages_of_their_own(self, client, coordinator, upload, now, django_capture_on_commit_callbacks):  # fmt: skip
        votes = "isic_id,MEL,NV,image_diag_id\n" + "\n".join(
            f"{case},{9 - k},{k},{('NV', 'MEL')[TRUTH[k]]}" for k, case in enumerate(CASES)
        )
        text = long_csv(more=lambda _j, k: ("film" if k % 2 else "digital",))
        text = text.replace("decision,rating", "decision,rating,modality", 1)
        kinds = (
            (votes, Said(truth={"MEL": "positive", "NV": "negative"}), "share of positive votes"),
            (text, Said(modalities={"digital": "unaided", "film": "compared"}, missing="not given"), "Modalities"),
        )  # fmt: skip
        just_signed_in(client, coordinator)
        for content, said, words in kinds:
            finished = upload(content, said=said)
            with django_capture_on_commit_callbacks(execute=True):
                apply_finished(actor=coordinator, finished=finished, now=now)
            page = client.get(reverse("finished:dashboard", args=[finished.public_id]))
            assert page.status_code == 200
            assert words in page.content.decode()
        page = client.get(reverse("finished:topic", args=[finished.public_id, "modalities"]))
        assert "Differences between modalities" in page.content.decode()
        assert client.get(reverse("finished:topic", args=[finished.public_id, "votes"])).status_code == 404  # fmt: skip


@pytest.mark.usefixtures("admin")
class TestCommand:
    """`manage.py import_finished`."""

    def test_it_imports(self, tmp_path, capsys, django_capture_on_commit_callbacks):
        path = tmp_path / "study.csv"
        path.write_text(long_csv())
        with django_capture_on_commit_callbacks(execute=True):
            call_command("import_finished", str(path), name="Benchmark", licence="CC0")
        report = json.loads(capsys.readouterr().out)
        finished = FinishedStudy.objects.get(public_id=report["finished"])
        assert finished.licence == "CC0"
        assert Analysis.objects.get().state == AnalysisState.DONE

    def test_it_tells_what_is_open_and_takes_the_answers(self, tmp_path, capsys):
        path, said = tmp_path / "study.csv", tmp_path / "said.json"
        path.write_text(long_csv(decision=False))
        with pytest.raises(CommandError, match="leave questions"):
            call_command("import_finished", str(path), name="Benchmark")
        assert not FinishedStudy.objects.exists()
        said.write_text('{"cut_off": 50}')
        call_command("import_finished", str(path), name="Benchmark", said=said, dry_run=True)
        assert not FinishedStudy.objects.exists()
        call_command("import_finished", str(path), name="Benchmark", said=said)
        assert FinishedStudy.objects.get().state == FinishedState.IMPORTED
        capsys.readouterr()

    @pytest.mark.parametrize("text", ["[]", "{", '{"truth": 1}'])
    def test_answers_that_cannot_be_read_are_refused(self, tmp_path, text):
        path, said = tmp_path / "study.csv", tmp_path / "said.json"
        path.write_text(long_csv())
        said.write_text(text)
        with pytest.raises(CommandError):
            call_command("import_finished", str(path), name="Benchmark", said=said)
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_finished", str(tmp_path / "none.csv"), name="Benchmark")
