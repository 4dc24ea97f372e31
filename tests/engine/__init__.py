"""Tests of what needs no database: the engine, the HTTP client, HubSpot's reader."""
