"""What the diagnoses of public image sets mean, as their authors say; what they leave open is asked.

Actinic keratosis and intraepithelial carcinoma are counted as benign, premalignant or malignant by different authors, so
no table decides them.
"""

from readerstudy.intake.mapping import BENIGN, LEFT_OUT, MALIGNANT


def table_of(*, malignant: tuple[str, ...], benign: tuple[str, ...]) -> dict[str, str]:
    """Diagnosis → class."""
    return dict.fromkeys(malignant, MALIGNANT) | dict.fromkeys(benign, BENIGN)


# Tschandl, Rosendahl, Kittler: The HAM10000 dataset. Sci Data 5:180161 (2018); the same codes in ISIC 2018 and 2019.
ISIC_CODES = table_of(malignant=("mel", "bcc", "scc"), benign=("nv", "bkl", "df", "vasc"))
# UNK of ISIC 2019 is "none of the others", which says nothing of malignancy.
ISIC_ASKED = {"akiec": "", "ak": "", "unk": LEFT_OUT}

# Pacheco et al.: PAD-UFES-20. Data in Brief 32:106221 (2020): three skin cancers, three skin diseases. ACK is actinic
# keratosis, a skin disease in their words, which others count as premalignant.
PAD = table_of(malignant=("bcc", "scc", "mel"), benign=("nev", "sek"))
PAD_ASKED = {"ack": BENIGN}

# ISIC 2017, Part 3 (Codella et al. 2018): melanoma, seborrhoeic keratosis, and nevus where both are 0.
ISIC_2017 = table_of(malignant=("melanoma",), benign=("seborrheic_keratosis", "nevus"))

# MILK10k (ISIC archive, 2025). SCCKA holds keratoacanthoma too, which not everybody counts as a carcinoma.
MILK = table_of(
    malignant=("bcc", "mal_oth", "mel"), benign=("ben_oth", "bkl", "df", "inf", "nv", "vasc")
)
MILK_ASKED = {"akiec": "", "sccka": MALIGNANT}

# Giotis et al.: MED-NODE. Expert Syst Appl 42:6578 (2015): 70 melanoma, 100 naevus.
# Folders called malignant and benign say it themselves.
FOLDERS = table_of(malignant=("melanoma", "malignant"), benign=("naevus", "nevus", "benign"))

# Kawahara et al.: Seven-point checklist and skin lesion classification. IEEE JBHI 23:538 (2019), table of diagnoses.
DERM7PT = table_of(
    malignant=(
        "basal cell carcinoma",
        "melanoma",
        "melanoma (in situ)",
        "melanoma (less than 0.76 mm)",
        "melanoma (0.76 to 1.5 mm)",
        "melanoma (more than 1.5 mm)",
        "melanoma metastasis",
    ),
    benign=(
        "blue nevus",
        "clark nevus",
        "combined nevus",
        "congenital nevus",
        "dermal nevus",
        "recurrent nevus",
        "reed or spitz nevus",
        "dermatofibroma",
        "lentigo",
        "melanosis",
        "seborrheic keratosis",
        "vascular lesion",
    ),
)

# Groh et al.: Fitzpatrick17k (2021) tells neoplastic lesions apart from all others; benign is a guess for the others.
FITZPATRICK17K_ASKED = {"non-neoplastic": BENIGN}

# What the authors of any of these sets say, where a manifest of nobody's layout uses their words.
KNOWN = {**MILK, **FOLDERS, **ISIC_2017, **PAD, **DERM7PT, **ISIC_CODES}
