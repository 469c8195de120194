{# What a publisher of release packages has said: one row a supplier of an award, or a notice without one. #}
{% macro ocds_releases(dataset) -%}
with feed as (

    select * from {{ source('raw', dataset) }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}
    where refresh_id = '{{ refresh_id() }}' and dataset = '{{ dataset }}'

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        feed.ocid,
        feed.release_id,
        feed.released_at,
        feed.tags,
        feed.buyer_id,
        trim(feed.buyer_name) as buyer_name,
        feed.tender_id,
        trim(feed.tender_title) as tender_title,
        feed.tender_description,
        feed.tender_status,
        feed.procurement_method,
        feed.procurement_method_details,
        feed.procurement_category,
        feed.tender_value,
        feed.tender_currency,
        feed.tender_minimum_value,
        feed.tender_closes_at,
        feed.contract_starts_at,
        feed.contract_ends_at,
        feed.cpv_code,
        feed.additional_cpv_codes,
        feed.item_cpv_codes,
        feed.award_id,
        feed.award_status,
        feed.awarded_at,
        feed.award_value,
        feed.award_currency,
        feed.award_starts_at,
        feed.award_ends_at,
        feed.supplier_id,
        trim(feed.supplier_name) as supplier_name,
        feed.supplier_scheme,
        trim(feed.supplier_register_id) as supplier_register_id,
        feed._batch_id,
        feed._row_number,
        feed._source_column as record_place
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id

)

select * from final
{%- endmacro %}
