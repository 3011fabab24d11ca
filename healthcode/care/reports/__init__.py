"""Reports: laboratory, imaging and pathology, from every institution, in one place.

Owns `observation_codes`, `local_codes`, `reports`, `observations`, `report_versions` and `critical_values`. Whoever made a
report sends it, version by version; its results are named by a list of codes (LOINC beside ours), interpreted by bounds for
this sex and age where the source says nothing, and told to somebody at once where they are critical. Announces
`report.released`, `report.changed`, `report.withdrawn`, `critical-value.raised`, `critical-value.acknowledged`. Hears
nothing. Never turns a unit where a digit would be lost, never fires on a bound that is not set, never shows a resident what
is not final, and never shows anybody else what is sensitive.
"""
