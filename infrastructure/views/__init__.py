"""Views in a database apart from the events: tables, generations, and questions to them."""
