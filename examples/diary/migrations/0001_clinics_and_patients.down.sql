drop table patients;
drop table clinics;
