{# What a fact points to where it has no member of a dimension: `unknown`, which somebody would know, and `none`, which
   there cannot be. `columns` gives the SQL of every column in the model's order; 'code' and 'label' stand for the
   member's own. #}
{% macro dimension_members(columns, members=['unknown', 'none']) -%}
    {%- set rows = [] -%}
    {%- for member in members -%}
        {%- set values = [] -%}
        {%- for name, value in columns.items() -%}
            {%- set own = {'code': "'" ~ member ~ "'", 'label': "'" ~ member | capitalize ~ "'"} -%}
            {%- do values.append(own.get(value, value) ~ ' as ' ~ name) -%}
        {%- endfor -%}
        {%- do rows.append('select ' ~ values | join(', ')) -%}
    {%- endfor -%}
    {{ rows | join(' union all ') }}
{%- endmacro %}
