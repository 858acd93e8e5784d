<?php
/*
Plugin Name: Postil
Description: Comments by Postil in place of WordPress's own. Put this file into wp-content/mu-plugins, and into wp-config.php the address of the service: define('POSTIL_SERVICE', 'https://comments.example'); what "postil csp" prints may be added as POSTIL_SCRIPT and POSTIL_INTEGRITY. Addresses such as /?p=12 need: postil site set HOST --keep-query p
License: MIT
*/
if (!defined('ABSPATH') || !defined('POSTIL_SERVICE')) {
	return; // WordPress's own comments stay
}
if (did_action('postil_ready')) { // included again, as the template of comments
	echo apply_filters('postil_thread', '');
	return;
}
do_action('postil_ready');

// The addresses of a post. Its own is its path without the slash at the end, and
// its query if it has no better name; the documents stand below that.
$address = function ($post = null) {
	$url = wp_parse_url(get_permalink($post)) + ['path' => '', 'query' => ''];
	$site = $url['host'] . (isset($url['port']) ? ':' . $url['port'] : '');
	$path = rtrim($url['path'], '/') ?: ($url['query'] ? '/' : '');
	$query = $url['query'] ? '?' . $url['query'] : '';
	$page = ($path ?: '/') . $query;
	return (object) [
		'site' => $site, 'page' => $page, 'folder' => POSTIL_SERVICE . "/feeds/$site$path" . rawurlencode($query),
		'form' => POSTIL_SERVICE . '/comment?' . http_build_query(['site' => $site, 'page' => $page]),
	];
};
// What stands in the element is for readers whose browser does not run the script.
$thread = function () use ($address) {
	$at = $address();
	return sprintf('<postil-thread id="comments" site="%s" page="%s"><p><a href="%s">%s</a> <a href="%s">%s</a></p></postil-thread>',
		esc_attr($at->site), esc_attr($at->page), esc_url("$at->folder/thread.html"), esc_html__('Comments'), esc_url($at->form), esc_html__('Leave a Reply'));
};
add_action('wp_head', function () use ($address) {
	if (is_singular() && comments_open()) {
		printf("<link rel=\"alternate\" type=\"application/atom+xml\" title=\"%s\" href=\"%s\">\n", esc_attr__('Comments'), esc_url($address()->folder . '/feed.xml'));
	}
	printf("<script src=\"%s\" async crossorigin=\"anonymous\"%s></script>\n", esc_url(defined('POSTIL_SCRIPT') ? POSTIL_SCRIPT : POSTIL_SERVICE . '/postil.js'),
		defined('POSTIL_INTEGRITY') ? ' integrity="' . esc_attr(POSTIL_INTEGRITY) . '"' : '');
});
add_filter('postil_thread', $thread);
add_filter('comments_template', fn() => __FILE__); // of classic themes
$block = fn() => comments_open() ? $thread() : '';
add_filter('render_block_core/comments', $block); // of block themes
add_filter('render_block_core/post-comments', $block);
add_filter('comments_number', function ($text) use ($address) {
	$at = $address();
	return sprintf('<postil-count site="%s" page="%s">%s</postil-count>', esc_attr($at->site), esc_attr($at->page), esc_html__('Comments'));
});
// Nothing is written to WordPress any more, and its feeds of comments are no longer named.
$refuse = fn() => wp_die(esc_html__('Sorry, comments are closed for this item.'), '', 403);
add_filter('preprocess_comment', $refuse);
add_filter('rest_pre_insert_comment', fn() => new WP_Error('rest_comment_closed', __('Sorry, comments are closed for this item.'), ['status' => 403]));
add_filter('pings_open', '__return_false');
add_filter('feed_links_show_comments_feed', '__return_false');
remove_action('wp_head', 'feed_links_extra', 3);
