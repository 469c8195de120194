{# What a candidate tells the publisher of its columns, in the catalogue. `renamed_from`: the old name, as a column that
   repeats the new one. `widened_with`: what rows mean that were published before the column joined the key. #}
{% macro declare_column_changes() -%}
    {%- set changes = [] -%}
    {%- for model in (graph.nodes.values() if execute else [])
        if model.resource_type == 'model' and model.config.contract.enforced -%}
        {%- for column in model.columns.values() -%}
            {%- set meta = column.config.meta -%}
            {%- if meta.renamed_from -%}
                {%- do changes.append([model.schema, model.name, 'add column if not exists "' ~ meta.renamed_from ~ '" '
                    ~ column.data_type ~ ' generated always as ("' ~ column.name ~ '") stored']) -%}
            {%- endif -%}
            {%- if meta.widened_with -%}
                {%- do changes.append([model.schema, model.name, 'alter column "' ~ column.name ~ '" set default '
                    ~ dbt.string_literal(meta.widened_with)]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for schema, model, change in changes if adapter.get_relation(target.database, schema, model) -%}
        alter table "{{ schema }}"."{{ model }}" {{ change }};
    {%- endfor -%}
{%- endmacro %}
