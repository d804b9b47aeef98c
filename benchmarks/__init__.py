"""Measurements that anybody can run again."""
