//! One turn of a conversation, top to bottom.
