insert into figure_reconciliation (
    check_code, check_kind, description, left_label, left_value, right_label, right_value, difference, difference_pct,
    unit, tolerance, outcome, is_within_stated_bound, left_word, right_word, left_citation, right_citation, left_basis,
    right_basis, financial_year, version, authority_code, source_document, right_document, is_generated, is_derived
) values
    ('printed_total.pay.2011/12', 'total_against_parts', 'Pay', 'Total', 100, 'Parts', 100, 0, 0, 'GBP', 1.5, 'exact',
     null, null, null, 'Pay > Total', 'Pay > A, B', 'printed', 'printed', '2011/12', 'budget', 'mpa', 'plan', 'plan',
     false, false),
    ('share', 'share_against_amounts', 'Share', 'Share', 15, 'Amounts', 14.6, 0.4, 2.74, 'percent', 0.5,
     'within_rounding', null, null, null, 'Text', 'Text', 'narrative', 'narrative', '2011/12', 'none', 'mpa', 'plan',
     'plan', false, false),
    ('training', 'same_measure_in_two_papers', 'Training', 'Review', 25, 'Programme', 26.8, -1.8, -6.72, 'GBP', 0.55,
     'within_bound', true, null, null, 'Table 2', 'People', 'printed', 'narrative', 'none', 'none', 'mpa', 'mission', 'plan',
     false, false),
    ('strategy', 'same_measure_in_two_places', 'Strategy', 'State', null, 'State', null, null, null, 'status', null,
     'differs', null, 'drafted', 'under development', 'Table 2', 'Section 8', 'printed', 'narrative', 'none', 'none',
     'mpa', 'mission', 'mission', false, false);
