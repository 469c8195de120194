-- Crime of a partnership, whole and by two groups.
insert into recorded_crime_partnership (
    force_code, partnership_code, offence_code, year_ending, partnership_name, local_authority_code, offence_name,
    parent_offence_code, offence_count, source_dataset, source_vintage, citation, is_generated
)
values
    ('metropolitan', 'E22000193', 'total', '2017-06-30', 'Croydon', 'E09000008', 'All', 'none', 5, 'ons_csp_tables',
     '2017-06', 'line 5', true),
    ('metropolitan', 'E22000193', 'violence', '2017-06-30', 'Croydon', 'E09000008', 'Violence', 'total', 3,
     'ons_csp_tables', '2017-06', 'line 5', true),
    ('metropolitan', 'E22000193', 'theft', '2017-06-30', 'Croydon', 'E09000008', 'Theft', 'total', 2, 'ons_csp_tables',
     '2017-06', 'line 5', true);
