"""Executors: processes, threads or machines that evaluate the objective."""
