"""Commands for what people decide: pins and mutes, and the list of these interventions."""
