/** Where the time of a step goes, by layer and by operator. */
@NullMarked
package dev.quern.profile;

import org.jspecify.annotations.NullMarked;
