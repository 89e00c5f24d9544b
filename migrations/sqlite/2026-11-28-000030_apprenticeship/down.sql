DROP TABLE apprentice_works;
DROP TABLE apprenticeship_stages;
DROP TABLE apprenticeships;
DELETE FROM messages WHERE kind IN ('apprenticeship_proposed', 'apprenticeship_agreed', 'apprenticeship_ended', 'apprenticeship_advanced',
    'apprenticeship_not_advanced', 'apprenticeship_asked', 'master_uncertified');
DELETE FROM policies WHERE kind = 'apprenticeships';
