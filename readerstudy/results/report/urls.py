"""The report's addresses, below those of the results of a study."""

from django.urls import path

from readerstudy.results.report import views

urlpatterns = [
    path("", views.overview, name="report"),
    path("<slug:language>.html", views.page, name="report-html"),
    path("<slug:language>.docx", views.word, name="report-docx"),
    path("<slug:language>.pdf", views.pdf_file, name="report-pdf"),
    path("<slug:language>/tables.zip", views.tables, name="report-tables"),
    path("<slug:language>/pdf/", views.build_pdf, name="report-build-pdf"),
    path("<slug:language>/pdf/state/", views.pdf_state, name="report-pdf-state"),
    path("checklists/", views.checklists, name="report-checklists"),
    path("checklists/text/", views.write_text, name="report-checklist-text"),
    path("checklists/<slug:name>.csv", views.checklist_csv, name="report-checklist-csv"),
    path("checklists/<slug:name>.docx", views.checklist_docx, name="report-checklist-docx"),
]
