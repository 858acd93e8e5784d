// Comments by Postil for Eleventy: three shortcodes for templates. Options:
// service and site are addresses of the service and of the blog; script and
// integrity are what "postil csp" prints, without which the script follows
// upgrades.

const escape = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)

// The addresses that belong to a page. Its own is its path without the slash at
// the end and without index.html; the documents stand below that.
function address({ service, site }, url) {
  const host = new URL(site).host
  const path = new URL(url, site).pathname.replace(/(index\.html)?$/, '').replace(/\/$/, '')
  const page = path || '/'
  return {
    host, page, folder: `${service}/feeds/${host}${path}`,
    form: `${service}/comment?${new URLSearchParams({ site: host, page })}`,
  }
}

export default function (eleventy, options) {
  const { service, script = `${service}/postil.js`, integrity } = options

  // For the head of pages with comments.
  eleventy.addShortcode('postilHead', url => `<link rel="alternate" type="application/atom+xml" title="Comments" href="${escape(address(options, url).folder)}/feed.xml">
<script src="${escape(script)}" async crossorigin="anonymous"${integrity ? ` integrity="${escape(integrity)}"` : ''}></script>`)

  // Where the comments belong. What stands in the element is for readers whose
  // browser does not run the script.
  eleventy.addShortcode('postilThread', url => {
    const { host, page, folder, form } = address(options, url)
    return `<postil-thread site="${escape(host)}" page="${escape(page)}">
  <p><a href="${escape(folder)}/thread.html">Read the comments</a> or <a href="${escape(form)}">write one</a>.</p>
</postil-thread>`
  })

  // How many comments a page has, for lists of pages.
  eleventy.addShortcode('postilCount', url => {
    const { host, page } = address(options, url)
    return `<a href="${escape(url)}"><postil-count site="${escape(host)}" page="${escape(page)}">Comments</postil-count></a>`
  })
}
