/** Arrays out of MATLAB files, level 5: what SVHN needs of them and no more. */
package dev.quern.io.mat;
