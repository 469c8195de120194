{%- set offence_codes = [
    'total', 'violence', 'homicide', 'unlawful_driving', 'violence_with_injury', 'violence_without_injury',
    'stalking_and_harassment', 'sexual_offences', 'robbery', 'theft', 'burglary', 'residential_burglary',
    'non_residential_burglary', 'vehicle_offences', 'theft_from_the_person', 'bicycle_theft', 'shoplifting',
    'other_theft', 'criminal_damage_and_arson', 'drug_offences', 'possession_of_weapons', 'public_order', 'miscellaneous'
] -%}
{%- set counted = [] -%}
{%- for code in offence_codes -%}
    {%- do counted.append("('" ~ code ~ "', feed." ~ code ~ ")") -%}
{%- endfor -%}
with feed as (

    {{ this_refresh('ons_csp_tables', "regexp_replace(rows.force_name, '[[]note.*', '')") }}

),

-- A force with one partnership has no row for the whole of it. Its name says whose a row is: some rows of what is
-- placed nowhere bear another force's code.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.file_period_end as year_ending,
        feed.force_code,
        case
            when feed.partnership_name is null then 'force'
            when feed.partnership_name ilike 'unassigned%' then 'unassigned'
            else 'partnership'
        end as row_kind,
        -- An airport is no partnership, has no code, and is counted beside them.
        coalesce(
            feed.partnership_code,
            'name-' || regexp_replace(lower(nullif(feed.partnership_name, '')), '[^a-z0-9]+', '-', 'g')
        ) as partnership_code,
        feed.partnership_name,
        substring(feed.local_authority_code from '^[EW][0-9]{8}$') as local_authority_code,
        counted.offence_code,
        counted.offence_count::integer as offence_count,
        feed._row_number as line_number
    from feed
    cross join lateral (
        values {{ counted | join(', ') }}
    ) as counted (offence_code, offence_count)

)

select * from final
