"""Values that every rule uses: findings, dates, languages, references, lifecycles, wages."""
