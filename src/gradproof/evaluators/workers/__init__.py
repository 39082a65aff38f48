"""Evaluation by executors: in other processes, threads or machines."""
