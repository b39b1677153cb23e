package dev.quern.fuzz.faults;

import java.io.IOException;

/** What is done to a run, and what must come of it. */
interface Fault {
  void run(Scene scene) throws IOException, InterruptedException, Broken;
}
