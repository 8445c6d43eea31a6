"""The layouts that are recognised, the most particular first."""

from readerstudy.intake.layouts import classes
from readerstudy.intake.layouts.layout import Layout
from readerstudy.intake.layouts.shaping import deepest, one_hot, row_per_view, with_header

TITLE = "*"
ISIC_ONE_HOT = frozenset({"mel", "nv", "bcc", "akiec", "ak", "bkl", "df", "vasc", "scc", "unk"})
MILK_ONE_HOT = frozenset(
    {"akiec", "bcc", "ben_oth", "bkl", "df", "inf", "mal_oth", "mel", "nv", "sccka", "vasc"}
)
SHAPED = {"diagnosis": TITLE, "malignant": ""}

LAYOUTS = (
    Layout(
        "MILK10k",
        frozenset({"lesion_id", "mel", "nv", "sccka", "ben_oth"}),
        SHAPED,
        classes.MILK,
        classes.MILK_ASKED,
        leaves_blanks=True,
        shape=one_hot(MILK_ONE_HOT),
    ),
    Layout(
        "ISIC 2018 and 2019 truth",
        frozenset({"image", "mel", "nv", "bcc", "bkl", "df", "vasc"}),
        {**SHAPED, "image": "image"},
        classes.ISIC_CODES,
        classes.ISIC_ASKED,
        leaves_blanks=True,
        shape=one_hot(ISIC_ONE_HOT),
    ),
    Layout(
        "ISIC 2017 truth",
        frozenset({"image_id", "melanoma", "seborrheic_keratosis"}),
        {**SHAPED, "image": "image_id"},
        classes.ISIC_2017,
        shape=one_hot(frozenset({"melanoma", "seborrheic_keratosis"}), none="nevus"),
    ),
    Layout(
        "ISIC archive",
        frozenset({"isic_id", "diagnosis_1"}),
        {"image": "isic_id", "malignant": "diagnosis_1", "diagnosis": TITLE},
        leaves_blanks=True,
        shape=deepest(*(f"diagnosis_{level}" for level in range(1, 6))),
    ),
    Layout(
        "SIIM-ISIC 2020",
        frozenset({"image_name", "benign_malignant", "target"}),
        {"image": "image_name"},
        leaves_blanks=True,
    ),
    Layout(
        "ISIC archive (2022)",
        frozenset({"benign_malignant", "diagnosis_confirm_type", "diagnosis"}),
        leaves_blanks=True,
    ),
    Layout(
        "ISIC API (2019)",
        frozenset({"name", "meta_clinical_benign_malignant"}),
        {
            "image": "name",
            "malignant": "meta_clinical_benign_malignant",
            "diagnosis": "meta_clinical_diagnosis",
            "confirmation": "meta_clinical_diagnosis_confirm_type",
            "age": "meta_clinical_age_approx",
            "sex": "meta_clinical_sex",
            "site": "meta_clinical_anatom_site_general",
            "lesion_id": "meta_clinical_lesion_id",
            "patient_id": "meta_clinical_patient_id",
            "view": "meta_acquisition_image_type",
        },
        leaves_blanks=True,
    ),
    Layout(
        "PAD-UFES-20",
        frozenset({"img_id", "diagnostic"}),
        {"image": "img_id"},
        classes.PAD,
        classes.PAD_ASKED,
    ),
    Layout(
        "HAM10000",
        frozenset({"image_id", "lesion_id", "dx"}),
        {"image": "image_id"},
        classes.ISIC_CODES,
        classes.ISIC_ASKED,
    ),
    Layout(
        "derm7pt",
        frozenset({"derm", "clinic", "diagnosis"}),
        {"image": TITLE, "view": "view_of_derm,_clinic", "lesion_id": "case_num"},
        classes.DERM7PT,
        shape=row_per_view({"derm": "dermoscopic", "clinic": "clinical"}),
    ),
    Layout(
        "Fitzpatrick17k",
        frozenset({"md5hash", "three_partition_label"}),
        {"image": "md5hash", "diagnosis": "label", "malignant": "three_partition_label"},
        asked=classes.FITZPATRICK17K_ASKED,
    ),
)
ISIC_2016 = Layout(
    "ISIC 2016 truth",
    columns={"diagnosis": ""},
    leaves_blanks=True,
    shape=with_header("image", "benign_malignant"),
)
FOLDERS = Layout("folders", columns={"diagnosis": "folder"}, classes=classes.FOLDERS)
