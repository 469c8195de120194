{# Foreign keys of the candidate: every `relationships` test on a mart's column whose other side is a dimension, without
   a condition. That one declaration is the test, which shows the rows that point to nothing, and the key, which the
   publisher finds in the catalogue and makes readers' tables hold. `not valid`: the test has looked at the rows. #}
{% macro declare_foreign_keys() -%}
    {%- set keys = [] -%}
    {%- for test in (graph.nodes.values() if execute else []) if is_a_foreign_key(test) == 'yes' -%}
        {%- set fact, pointed_to = graph.nodes[test.attached_node], test.test_metadata.kwargs -%}
        {%- for id in test.depends_on.nodes if ("'" ~ id.split('.')[-1] ~ "'") in pointed_to.to -%}
            {%- set dimension = graph.nodes[id] -%}
            {%- set names = [fact.schema, fact.name, pointed_to.column_name, dimension.schema, dimension.name,
                pointed_to.field] -%}
            {%- do keys.append("('" ~ names | join("', '") ~ "')") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if keys -%}
        {{ add_missing_foreign_keys(keys | unique | sort) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_a_foreign_key(test) -%}
    {%- if test.resource_type == 'test' and test.attached_node and test.test_metadata
        and test.test_metadata.name == 'relationships' and not test.config.where
        and "ref('dim_" in test.test_metadata.kwargs.to
        and graph.nodes[test.attached_node].config.contract.enforced -%}
        yes
    {%- endif -%}
{%- endmacro %}

{# Where both tables stand: a build of some models has not all of them. #}
{% macro add_missing_foreign_keys(keys) -%}
do $$
declare
    k record;
begin
    for k in
        select
            *,
            to_regclass(format('%I.%I', fact_schema, fact)) as fact_table,
            to_regclass(format('%I.%I', dim_schema, dimension)) as dim_table,
            left(fact || '_' || column_name, 58) || '_fkey' as name
        from (values {{ keys | join(', ') }})
            as declared (fact_schema, fact, column_name, dim_schema, dimension, field)
    loop
        continue when
            k.fact_table is null
            or k.dim_table is null
            or exists (select from pg_constraint where conrelid = k.fact_table and conname = k.name);
        execute format(
            'alter table %s add constraint %I foreign key (%I) references %s (%I) not valid',
            k.fact_table, k.name, k.column_name, k.dim_table, k.field
        );
    end loop;
end
$$
{%- endmacro %}
