{# What a candidate tells the publisher of its columns, in the catalogue. `renamed_from`: the old name, as a column that
   repeats the new one. `widened_with`: what rows mean that were published before the column joined the key.
   `additivity`: how a measure adds up, said at the end of its description. #}
{% macro declare_columns() -%}
    {%- set changes, comments = [], [] -%}
    {%- for model in (graph.nodes.values() if execute else [])
        if model.resource_type == 'model' and model.config.contract.enforced -%}
        {%- for column in model.columns.values() -%}
            {%- set meta = column.config.meta -%}
            {%- if meta.renamed_from -%}
                {%- do changes.append([model.schema, model.name, 'add column if not exists "' ~ meta.renamed_from ~ '" '
                    ~ column.data_type ~ ' generated always as ("' ~ column.name ~ '") stored']) -%}
                {%- do comments.append([model.schema, model.name, meta.renamed_from,
                    'The same as `' ~ column.name ~ '`, which is its name from now on.']) -%}
            {%- endif -%}
            {%- if meta.widened_with -%}
                {%- do changes.append([model.schema, model.name, 'alter column "' ~ column.name ~ '" set default '
                    ~ dbt.string_literal(meta.widened_with)]) -%}
            {%- endif -%}
            {%- if meta.additivity -%}
                {%- do comments.append([model.schema, model.name, column.name,
                    in_one_line(column.description) ~ ' ' ~ how_it_adds_up(meta)]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for schema, model, change in changes if adapter.get_relation(target.database, schema, model) -%}
        alter table "{{ schema }}"."{{ model }}" {{ change }};
    {%- endfor -%}
    {%- for schema, model, column, text in comments if adapter.get_relation(target.database, schema, model) -%}
        comment on column "{{ schema }}"."{{ model }}"."{{ column }}" is '{{ text | replace("'", "''") }}';
    {%- endfor -%}
{%- endmacro %}

{% macro how_it_adds_up(meta) -%}
    {%- if meta.additivity == 'additive' -%}
        Adds up over all rows.
    {%- elif meta.additivity == 'never' -%}
        Never add it up.
    {%- else -%}
        Adds up only
        {%- if meta.additive_within %} within one `{{ meta.additive_within | join('`, one `') }}`{% endif -%}
        {%- if meta.additive_where %} of the rows where `{{ meta.additive_where }}`{% endif -%}
        .
    {%- endif -%}
{%- endmacro %}

{# A description as one line, for a block of a .md file is wrapped. #}
{% macro in_one_line(description) -%}
    {{ return(description.split() | join(' ')) }}
{%- endmacro %}

{# dbt's own keeps the line ends of a block, which readers of the catalogue would see. #}
{% macro postgres__alter_column_comment(relation, column_dict) -%}
    {%- for column in column_dict.values() %}
        comment on column {{ relation }}.{{ adapter.quote(column.name) }}
        is {{ postgres_escape_comment(in_one_line(column.description)) }};
    {%- endfor -%}
{%- endmacro %}
