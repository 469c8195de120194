with compiled as (

    {% for dataset in notice_datasets() %}
        select
            '{{ dataset }}' as source_dataset,
            source_vintage,
            coverage,
            is_generated,
            ocid,
            process
        from {{ source('compiled', dataset) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        source_dataset,
        source_vintage,
        coverage,
        is_generated,
        ocid,
        process #>> '{tender,id}' as tender_reference,
        {{ notice_text("process #>> '{tender,title}'") }} as tender_title,
        process #>> '{tender,status}' as tender_status,
        process #>> '{tender,procurementMethod}' as procurement_method,
        {{ notice_text("process #>> '{tender,procurementMethodDetails}'") }} as procurement_method_details,
        process #>> '{tender,mainProcurementCategory}' as procurement_category,
        {{ json_number("process #> '{tender,value,amount}'") }} as tender_value,
        process #>> '{tender,value,currency}' as tender_currency,
        {{ json_number("process #> '{tender,numberOfTenderers}'") }}::integer as tenderer_count,
        {{ published_day("(process #>> '{tender,datePublished}')") }} as tender_published_date,
        {{ published_day("(process #>> '{tender,tenderPeriod,startDate}')") }} as tender_opens_date,
        {{ published_day("(process #>> '{tender,tenderPeriod,endDate}')") }} as tender_closes_date,
        {{ published_day("(process #>> '{tender,contractPeriod,startDate}')") }} as tender_start_date,
        {{ published_day("(process #>> '{tender,contractPeriod,endDate}')") }} as tender_end_date,
        -- The code of the whole, else of the first item or lot that has one.
        coalesce(
            process #>> '{tender,classification,id}',
            jsonb_path_query_first(process, '$.tender.items[*].classification.id') #>> '{}',
            jsonb_path_query_first(process, '$.tender.items[*].additionalClassifications[*].id') #>> '{}'
        ) as cpv_code,
        process
    from compiled

)

select * from final
