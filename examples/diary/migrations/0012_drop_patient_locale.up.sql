-- slipway: phase=contract, contracts=0008_patient_language, after-days=7
alter table patients drop column locale;
