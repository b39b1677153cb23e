/** Image embeddings: converts images to vectors for similarity search and vector stores. */
module dev.quern.embed {
  requires transitive dev.quern;
  requires static org.jspecify;

  exports dev.quern.embed;
}
