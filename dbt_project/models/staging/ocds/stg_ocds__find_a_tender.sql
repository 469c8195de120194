{{ ocds_releases('find_a_tender') }}
