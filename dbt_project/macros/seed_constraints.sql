{# dbt takes constraints of models only. Those that are declared of a seed's columns, one statement for all of them;
   `filled` names columns that no table of a folder of seeds may leave empty. #}
{% macro seed_constraints() -%}
    {% set changes = [] %}
    {% for column in model.columns.values() %}
        {% set quoted = adapter.quote(column.name) %}
        {% if column.name in model.config.meta.get("filled", []) %}
            {% do changes.append("alter column " ~ quoted ~ " set not null") %}
        {% endif %}
        {% for constraint in column.constraints %}
            {% if constraint.type == "not_null" %}
                {% do changes.append("alter column " ~ quoted ~ " set not null") %}
            {% elif constraint.type == "unique" %}
                {% set name = model.name ~ "__" ~ column.name ~ "_is_unique" %}
                {% do changes.append("drop constraint if exists " ~ name) %}
                {% do changes.append("add constraint " ~ name ~ " unique (" ~ quoted ~ ")") %}
            {% else %}
                {% set known = ": a seed's column knows not_null and unique, and not " %}
                {% do exceptions.raise_compiler_error(model.name ~ "." ~ column.name ~ known ~ constraint.type) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% if changes %}alter table {{ this }} {{ changes | join(", ") }}{% endif %}
{%- endmacro %}
