-- MySQL dump
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `comments`;
CREATE TABLE `comments` (
  `id` varchar(191) NOT NULL,
  `pageId` varchar(191) NOT NULL,
  `created_at` datetime(3) NOT NULL,
  `by_nickname` varchar(191) NOT NULL,
  `content` text NOT NULL,
  `approved` tinyint(1) NOT NULL DEFAULT '0',
  `parentId` varchar(191) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `comments` VALUES ('k1','g1','2021-05-06 07:08:09.000','Ann','it\'s\nhere',1,NULL),('k2','g1','2021-05-06 07:09:09.000','Bea','an answer',1,'k1');
INSERT INTO `pages` (`id`,`slug`,`url`) VALUES ('g1','first','https://blog.example/first');
