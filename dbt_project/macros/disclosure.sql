{# The cells of one table of a declared set (quality_checks/disclosure) that are closed in this refresh, one row each.
   `columns` has the type of each of its columns: those of the scope, the day and the dimensions. #}
{% macro closed_cells(set_name, table_name, columns) -%}
    {%- set casts = [] -%}
    {%- for name, type in columns.items() -%}
        {%- do casts.append("(cell ->> '" ~ name ~ "')::" ~ type ~ " as " ~ name) -%}
    {%- endfor -%}
    select {{ casts | join(", ") }}
    from {{ ref('int_disclosure__closed_cells') }}
    where set_name = '{{ set_name }}' and table_name = '{{ table_name }}'
{%- endmacro %}

{# A figure to the nearest multiple of what its rule rounds to. #}
{% macro rounded(figure, rule) -%}
    coalesce(
        (
            select round({{ figure }}::numeric / rules.rounding) * rules.rounding
            from {{ ref('ref_disclosure_rule') }} as rules
            where rules.rule_code = '{{ rule }}' and rules.rounding > 1
        ),
        {{ figure }}
    )
{%- endmacro %}

{# Marts with the detail behind controlled counts name their rule: its row says who may read them. #}
{% macro grant_details() -%}
    {%- for model in (graph.nodes.values() if execute else [])
        if model.resource_type == 'model' and model.config.meta.disclosure_rule
        and adapter.get_relation(target.database, model.schema, model.name) -%}
        do $$
        declare
            reader text;
        begin
            for reader in
                select rolname
                from "{{ var('schema_prefix') }}seed".ref_disclosure_rule
                inner join pg_roles on rolname = any(string_to_array(readers, ' '))
                where rule_code = '{{ model.config.meta.disclosure_rule }}'
            loop
                execute format('grant select on "{{ model.schema }}"."{{ model.name }}" to %I', reader);
            end loop;
        end
        $$;
    {%- endfor -%}
{%- endmacro %}
