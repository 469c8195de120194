{{ ocds_releases('contracts_finder') }}
