module app {
  requires dev.quern;
}
