/** All of Quern's libraries: {@code dev.quern} and {@code dev.quern.io}. */
module dev.quern.all {
  requires transitive dev.quern;
  requires transitive dev.quern.io;
}
