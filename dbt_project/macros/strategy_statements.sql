{# What each seed of the papers gives to `strategy_statement`: its type, its code, what it belongs to, its rank, what it
   says and whose words these are. #}
{% macro strategy_statement_seeds() -%}
    {{ return([
        ('strategic_drivers', 'driver', 'driver_id', "'none'", 'driver_order', 'driver_label', 'printed', 'null'),
        ('corporate_objectives', 'corporate_objective', 'objective_id', 'strategic_outcome', '"order"',
         'objective_label', 'printed', 'null'),
        ('delivery_objectives', 'delivery_objective', 'delivery_objective_id', 'driver_id', 'null', 'description', 'ours',
         'null'),
        ('key_activities', 'key_activity', 'activity_id', 'objective_id', 'null', 'description', 'ours',
         'financial_year'),
        ('mpa_key_objectives', 'authority_objective', 'objective_number', 'organisation', 'objective_number',
         'description', 'ours', 'financial_year'),
        ('met_forward_workstrands', 'strand', 'workstrand_id', 'programme_version', 'null', 'workstrand', 'printed',
         'null'),
        ('met_forward_achievements', 'achievement', 'achievement_id', 'workstrand', 'null', 'description', 'ours',
         'null'),
        ('consultation_priorities', 'priority_of_londoners', "concat_ws(':', consultation_method, rank)",
         'consultation_method', 'rank', 'priority_label', 'printed', 'null'),
    ]) }}
{%- endmacro %}
