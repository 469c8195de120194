"""Who may do what: logins of readers, and what the server keeps from them."""
