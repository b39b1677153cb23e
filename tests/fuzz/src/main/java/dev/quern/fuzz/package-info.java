/**
 * Attacks on Quern: random calls, mutated files, random native descriptors, kills and failing
 * disks. Each runs in processes of its own, so that a death is a finding and not the end.
 */
package dev.quern.fuzz;
