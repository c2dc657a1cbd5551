"""How a message will look in DingTalk, and what will not look as its author hopes."""
