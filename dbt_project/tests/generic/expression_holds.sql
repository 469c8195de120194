{# Fails with every row for which the boolean SQL `expression` is false or unknown. #}
{% test expression_holds(model, expression, column_name=none) %}

select *
from {{ model }}
where ({{ expression }}) is not true

{% endtest %}
