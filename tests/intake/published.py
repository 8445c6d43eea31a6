"""Small archives laid out as public image sets are: their headers, their spellings, invented rows, generated pictures."""

from tests.intake.photographs import jpeg, png

ISIC = (
    "isic_id,attribution,copyright_license,age_approx,anatom_site_general,concomitant_biopsy,"
    "diagnosis_1,diagnosis_2,diagnosis_3,diagnosis_4,diagnosis_5,diagnosis_confirm_type,"
    "fitzpatrick_skin_type,image_type,lesion_id,patient_id,sex"
)
MELANOCYTIC = "Malignant melanocytic proliferations (Melanoma)"
ISIC_CURRENT = f"""{ISIC}
ISIC_0000001,Anonymous,CC-0,85+,lower extremity,True,Malignant,{MELANOCYTIC},Melanoma in situ,"Melanoma in situ, Superficial spreading",,histopathology,II,dermoscopic,IL_1,IP_1,male
ISIC_0000002,"Hospital Clínic de Barcelona",CC-BY,85,lower extremity,True,Malignant,{MELANOCYTIC},Melanoma in situ,"Melanoma in situ, Superficial spreading",,histopathology,II,clinical: close-up,IL_1,IP_1,male
ISIC_0000003,Anonymous,CC-BY-NC,30,anterior torso,False,Benign,Benign melanocytic proliferations,Nevus,,,single image expert consensus,,TBP tile: close-up,IL_2,IP_2,female
ISIC_0000004,Anonymous,CC-0,,palms/soles,,Indeterminate,Indeterminate melanocytic proliferations,,,,histopathology,,clinical: overview,IL_3,IP_3,
ISIC_0000005,Anonymous,CC-0,,,,,,,,,,,dermoscopic,,,
"""
ISIC_2022 = """image_name,attribution,copyright_license,age_approx,anatom_site_general,benign_malignant,diagnosis,diagnosis_confirm_type,image_type,mel_class,melanocytic,pixels_x,pixels_y,sex,patient_id
ISIC_0000001,Anonymous,CC-0,55,torso,malignant,melanoma,histopathology,dermoscopic,invasive melanoma,true,1022,767,female,IP_1
ISIC_0000002,Anonymous,CC-0,45,,benign,,,dermoscopic,,,1022,767,male,IP_2
ISIC_0000003,Anonymous,CC-0,45,,indeterminate/benign,atypical melanocytic proliferation,histopathology,clinical,,true,1022,767,male,IP_3
"""
ISIC_2019_API = """_id,name,meta.acquisition.image_type,meta.acquisition.pixelsX,meta_clinical_age_approx,meta_clinical_benign_malignant,meta_clinical_diagnosis,meta_clinical_diagnosis_confirm_type,meta_clinical_melanocytic,meta_clinical_sex
5436e3abbae478396759f0cf,ISIC_0000001,dermoscopic,1022,55,benign,nevus,,True,female
5436e3acbae478396759f0d1,ISIC_0000002,dermoscopic,1022,60,malignant,melanoma,histopathology,True,male
"""
ISIC_2016 = "ISIC_0000001,benign\nISIC_0000002,malignant\nISIC_0000003,benign\n"
ISIC_2017 = """image_id,melanoma,seborrheic_keratosis
ISIC_0000001,0.0,0.0
ISIC_0000002,1.0,0.0
ISIC_0000003,0.0,1.0
"""
ISIC_2018 = """image,MEL,NV,BCC,AKIEC,BKL,DF,VASC
ISIC_0000001,0.0,1.0,0.0,0.0,0.0,0.0,0.0
ISIC_0000002,1.0,0.0,0.0,0.0,0.0,0.0,0.0
ISIC_0000003,0.0,0.0,0.0,1.0,0.0,0.0,0.0
"""
ISIC_2018_LESIONS = """image,lesion_id,diagnosis_confirm_type
ISIC_0000003,HAM_0000003,histopathology
ISIC_0000002,HAM_0000001,histopathology
ISIC_0000001,HAM_0000002,single image expert consensus
"""
ISIC_2019 = """image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK
ISIC_0000001,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0
ISIC_0000002_downsampled,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,0.0
ISIC_0000003,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,0.0
ISIC_0000004,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0
"""
ISIC_2019_METADATA = """image,age_approx,anatom_site_general,lesion_id,sex
ISIC_0000001,55.0,anterior torso,,female
ISIC_0000002_downsampled,30.0,upper extremity,BCN_0000002,male
ISIC_0000003,,,BCN_0000003,
"""
SIIM_2020 = """image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target
ISIC_2637011,IP_7279968,male,45.0,head/neck,unknown,benign,0
ISIC_0015719,IP_3075186,female,45.0,upper extremity,melanoma,malignant,1
"""
MILK_METADATA = """lesion_id,image_type,isic_id,attribution,copyright_license,image_manipulation,age_approx,sex,skin_tone_class,site
IL_0000652,clinical: close-up,ISIC_4671410,MILK study team,CC-BY-NC,instrument only,60.0,male,3,lower_extremity
IL_0000652,dermoscopic,ISIC_4080142,MILK study team,CC-BY-NC,instrument only,60.0,male,3,lower_extremity
IL_0003176,clinical: close-up,ISIC_1429053,MILK study team,CC-BY-NC,,,female,4,trunk
IL_0004688,dermoscopic,ISIC_3774410,MILK study team,CC-BY-NC,altered,80.0,female,2,head_neck_face
"""
MILK_TRUTH = """lesion_id,AKIEC,BCC,BEN_OTH,BKL,DF,INF,MAL_OTH,MEL,NV,SCCKA,VASC
IL_0004688,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,0.0
IL_0003176,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0
IL_0000652,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0
"""
HAM = """lesion_id,image_id,dx,dx_type,age,sex,localization
HAM_0000118,ISIC_0027419,bkl,histo,80.0,male,scalp
HAM_0000118,ISIC_0025030,bkl,histo,80.0,male,scalp
HAM_0002730,ISIC_0026769,mel,histo,,unknown,unknown
HAM_0001466,ISIC_0031633,akiec,confocal,75.0,female,ear
"""
PAD = """patient_id,lesion_id,smoke,drink,background_father,background_mother,age,pesticide,gender,skin_cancer_history,cancer_history,has_piped_water,has_sewage_system,fitspatrick,region,diameter_1,diameter_2,diagnostic,itch,grew,hurt,changed,bleed,elevation,img_id,biopsed
PAT_1516,1765,,,,,8,,,,,,,,ARM,,,NEV,False,False,False,False,False,False,PAT_1516_1765_530.png,False
PAT_46,881,False,False,POMERANIA,POMERANIA,55,False,FEMALE,True,True,True,True,3.0,NECK,6.0,5.0,BCC,True,True,False,True,True,True,PAT_46_881_939.png,True
PAT_46,881,False,False,POMERANIA,POMERANIA,55,False,FEMALE,True,True,True,True,3.0,NECK,6.0,5.0,BCC,True,UNK,False,True,True,True,PAT_46_881_14.png,True
PAT_700,4,,,,,77,,,,,,,,FACE,,,ACK,True,False,False,False,UNK,False,PAT_700_4_2.png,False
"""
MILK_SUPPLEMENT = """isic_id,diagnosis_full,diagnosis_confirm_type,invasion_thickness_interval,MONET_hair
ISIC_4671410,Basal cell carcinoma,histopathology,,0.1
ISIC_4080142,Basal cell carcinoma,histopathology,,0.2
ISIC_1429053,Solar or actinic keratosis,histopathology,,0.3
ISIC_3774410,"Squamous cell carcinoma, Invasive",histopathology,,0.4
"""
ISIC_2017_METADATA = """image_id,age_approximate,sex
ISIC_0000003,60,male
ISIC_0000001,55,female
ISIC_0000002,unknown,unknown
"""
DERM7PT_INDEXES = "indexes\n0\n2\n5\n"
DERM7PT = """case_num,diagnosis,seven_point_score,pigment_network,level_of_diagnostic_difficulty,elevation,location,sex,management,clinic,derm,case_id,notes
1,basal cell carcinoma,0,absent,medium,nodular,abdomen,female,excision,NEL/NEL027.JPG,NEL/Nel026.jpg,,
2,melanoma (less than 0.76 mm),4,atypical,low,flat,back,male,excision,NEL/NEL029.JPG,NEL/Nel028.jpg,,
3,clark nevus,1,typical,low,flat,back,male,no further examination,NEL/NEL029.JPG,NEL/Nel030.jpg,,
4,miscellaneous,0,absent,low,flat,,female,clinical follow up,,NEL/Nel032.jpg,,
"""
FITZPATRICK17K = """md5hash,fitzpatrick_scale,fitzpatrick_centaur,label,nine_partition_label,three_partition_label,qc,url,url_alphanum
5e82a45bc5d78bd24ae9202d194423f8,3,3,drug induced pigmentary changes,inflammatory,non-neoplastic,,http://example.org/a.jpg,a.jpg
fa2911a9b13b6f8af79cb700937cc14f,-1,1,squamous cell carcinoma,malignant epidermal,malignant,,http://example.org/b.jpg,b.jpg
0c9359ea18bd6a6bc8ef6ecb2c1cf6b1,5,5,seborrheic keratosis,benign epidermal,benign,1 Diagnostic,http://example.org/c.jpg,c.jpg
"""
MED_NODE = (
    "complete_mednode_dataset/melanoma/208809.jpg",
    "complete_mednode_dataset/melanoma/1402381.jpg",
    "complete_mednode_dataset/naevus/1022.jpg",
)


def pictures(*names):
    """A different picture for each name, of the kind that its ending says."""
    return {
        name: jpeg(seed) if name.casefold().endswith(".jpg") else png(seed)
        for seed, name in enumerate(names)
    }


def isic(count, folder="", suffix=".jpg"):
    """Pictures named as the first rows name theirs."""
    return pictures(*(f"{folder}ISIC_{number:07d}{suffix}" for number in range(1, count + 1)))
