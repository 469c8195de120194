{# dbt's own asks the adapter for every cell how a placeholder is written, which was two thirds of a seed's time. #}
{% macro postgres__load_csv_rows(model, agate_table) -%}
    {% set columns = get_seed_column_quoted_csv(model, agate_table.column_names) %}
    {% set row_of_placeholders = "(" ~ (["%s"] * agate_table.column_names | length) | join(", ") ~ ")" %}
    {% set statements = [] %}
    {% for chunk in agate_table.rows | batch(10000) %}
        {% set cells = [] %}
        {% for row in chunk %}
            {% do cells.extend(row) %}
        {% endfor %}
        {% set rows = ([row_of_placeholders] * chunk | length) | join(", ") %}
        {% set statement = "insert into " ~ this.render() ~ " (" ~ columns ~ ") values " ~ rows %}
        {% do adapter.add_query(statement, bindings=cells, abridge_sql_log=True) %}
        {% do statements.append(statement) %}
    {% endfor %}
    {{ return(statements[0]) }}
{%- endmacro %}
