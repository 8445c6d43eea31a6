"""The report's addresses, written out in full beside those of the results of a study."""

from django.urls import path

from readerstudy.results.report import views

urlpatterns = [
    path("<slug:slug>/report/", views.overview, name="report"),
    path("<slug:slug>/report/<slug:language>.html", views.page, name="report-html"),
    path("<slug:slug>/report/<slug:language>.docx", views.word, name="report-docx"),
    path("<slug:slug>/report/<slug:language>.pdf", views.pdf_file, name="report-pdf"),
    path("<slug:slug>/report/<slug:language>/tables.zip", views.tables, name="report-tables"),
    path("<slug:slug>/report/<slug:language>/pdf/", views.build_pdf, name="report-build-pdf"),
    path("<slug:slug>/report/<slug:language>/pdf/state/", views.pdf_state, name="report-pdf-state"),
    path("<slug:slug>/report/checklists/", views.checklists, name="report-checklists"),
    path("<slug:slug>/report/checklists/text/", views.write_text, name="report-checklist-text"),
    path(
        "<slug:slug>/report/checklists/<slug:name>.csv",
        views.checklist_csv,
        name="report-checklist-csv",
    ),
    path(
        "<slug:slug>/report/checklists/<slug:name>.docx",
        views.checklist_docx,
        name="report-checklist-docx",
    ),
]
